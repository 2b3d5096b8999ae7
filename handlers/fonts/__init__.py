"""The contact sheet's Chinese font: no machine need have one. Its licence is OFL.txt, its making .ci/font."""
