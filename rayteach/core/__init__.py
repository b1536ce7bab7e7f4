"""Pure rules: no process, thread, clock, file or IPython in here."""
