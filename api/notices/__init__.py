"""Notices: what reached somebody, in his inbox."""
