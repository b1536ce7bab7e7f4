"""Engines: what carries out a program. ``local`` is the default."""
