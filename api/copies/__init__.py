"""Copies for information (抄送)."""
