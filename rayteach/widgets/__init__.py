"""Views of a run: live widget, still picture, text, page; all from rows."""
