"""The commands of `claimbot`, a file a group; bot/cli.py gathers them."""
