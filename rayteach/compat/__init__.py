"""Other people's names over the same runtime."""
