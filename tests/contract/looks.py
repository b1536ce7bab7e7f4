"""What tests look at beside values: what is stored, and what was written down."""

from rayteach.runtime.segments import is_value


def values(ray, generator):
    """Return the values of all items that are still to come."""
    return [ray.get(one) for one in generator]


def stored(ray):
    """Return the names of the workers' values, once all that is gone is released."""
    from rayteach.api import session  # noqa: PLC0415 (once there is one)

    assert ray.is_initialized()
    storage = session.current().engine.storage
    storage.settle()
    names = [path.name for path in storage.files()]
    return {name for name in names if name[0] == "w" and is_value(name)}


def log(ray):
    """Return the session's events so far."""
    from rayteach.api import session  # noqa: PLC0415 (once there is one)

    assert ray.is_initialized()
    return session.current().log.events()
