"""What is remembered: Redis, SQL, photo bytes."""
