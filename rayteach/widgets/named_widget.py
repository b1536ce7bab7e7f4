"""What all our widgets have in common: their front ends know which model they draw."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import anywidget
from traitlets import Unicode


class NamedWidget(anywidget.AnyWidget):
    """A widget whose front end finds its own comm, see ``labextension/src/wake.ts``."""

    #: id of this very model
    name = Unicode().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        """Make the model, under an id that it also tells."""
        key = uuid4().hex
        super().__init__(model_id=key, name=key, **traits)
