"""What workers do: Celery tasks that are each safe to run twice."""
