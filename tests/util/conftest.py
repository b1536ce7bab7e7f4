"""A session per test."""

from own_session import engine, ray  # noqa: F401 (fixtures)
