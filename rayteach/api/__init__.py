"""The public calls, over whichever engine the session has."""
