"""The figures of the platform for Prometheus."""
