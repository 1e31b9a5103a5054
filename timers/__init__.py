"""The background: due rows and outbox messages become RQ jobs, and jobs become use cases."""
