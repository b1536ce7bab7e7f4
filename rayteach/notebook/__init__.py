"""The notebook: extension, magics, the ownership of cells, exercises.

Nothing is imported here, so that the pytest entry point of this package costs
nothing where no notebook is tested.
"""
