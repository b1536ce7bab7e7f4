"""Rows: what a view, a check or a report reads. Made from events alone."""
