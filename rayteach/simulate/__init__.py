"""The scheduler of ``core`` on a virtual clock: what a run would have been."""
