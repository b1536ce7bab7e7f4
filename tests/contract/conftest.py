"""The engine that the sentences are about."""

import os

import pytest

#: "local", "nodes" (the local engine with two nodes) or "ray"
ENGINE = os.environ.get("RAYTEACH_CONTRACT_ENGINE", "local")
#: two CPUs together, wherever they are
OFFER = {"num_nodes": 2, "num_cpus": 1} if ENGINE == "nodes" else {"num_cpus": 2}
if ENGINE == "ray":
    os.environ["RAYTEACH_ENGINE"] = ENGINE  # of each init that does not say


@pytest.fixture(scope="module", params=[ENGINE])
def engine(request):
    """Name the engine under test; a row holds on each."""
    return request.param


def pytest_collection_modifyitems(items):
    """On real Ray, run the sample alone."""
    if ENGINE == "ray":
        from on_ray import is_sampled, reason  # noqa: PLC0415 (only where there is Ray)

        if not os.environ.get("RAYTEACH_CONTRACT_ALL"):
            items[:] = filter(is_sampled, items)
        for item in items:
            if reason(item):
                item.add_marker(pytest.mark.skip(reason=reason(item)))


@pytest.fixture(scope="module")
def opened(engine):
    """Return the namespace with a session of two CPUs, shared by the module."""
    import rayteach  # noqa: PLC0415 (after sys.path is right)

    if not rayteach.is_initialized():
        _begin(rayteach)
    yield rayteach
    if engine != "ray":  # whose start takes seconds: one session for all modules
        rayteach.shutdown()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem):
    """On Ray, end what takes too long, and let nothing of a failed test go on.

    Ray's waits hear Ctrl-C and no other signal, so this is what is sent.
    """
    if ENGINE != "ray":
        return (yield)
    from on_ray import limited  # noqa: PLC0415 (found once sys.path is right)

    with limited(pyfuncitem.name):
        return (yield)


@pytest.fixture(scope="session", autouse=True)
def ray_ends():
    """Leave nothing of Ray behind the last module."""
    yield
    if ENGINE == "ray":
        import rayteach  # noqa: PLC0415 (after sys.path is right)

        rayteach.shutdown()


def _begin(rayteach):
    try:
        rayteach.init(**OFFER)
    except Exception as error:
        if "timed out during startup" not in str(error):
            raise
        pytest.exit("Ray itself did not start on this machine", returncode=77)


@pytest.fixture
def ray(opened):
    """Return the namespace; the test may have closed its session, not the next."""
    if not opened.is_initialized():
        opened.init(**OFFER)
    return opened


@pytest.fixture
def shown(ray):
    """Return a function that gives what has been shown since the test began.

    As (label, cell run, stream, text), one per piece.
    """
    from rayteach.api import session  # noqa: PLC0415 (once there is one)

    assert ray.is_initialized()
    opened, pieces = session.current(), []
    opened.flush_output()
    opened.show_output(pieces.extend)

    def read():
        opened.flush_output()
        return pieces

    yield read
    opened.show_output(None)


@pytest.fixture
def closed(engine):
    """Return the namespace without a session; whatever it opens is closed."""
    import rayteach  # noqa: PLC0415 (as above)

    rayteach.shutdown()
    yield rayteach
    rayteach.shutdown()


@pytest.fixture
def pool_is_whole(ray, tmp_path):
    """Return a check: two tasks run at once on different workers, rightly."""
    from gates import Bell, Gate  # noqa: PLC0415 (found by the conftest)

    gate, bell = Gate(tmp_path / "meeting gate"), Bell(tmp_path / "meeting bell")

    @ray.remote
    def meet(x):
        bell.ring(f"{os.getpid()}")
        gate.pass_()
        return x

    def check():
        ids = [meet.remote(x) for x in range(2)]
        assert len(set(bell.hear(2))) == 2
        assert ray.available_resources()["CPU"] == 0
        gate.let(2)
        assert ray.get(ids) == [0, 1]

    yield check
    gate.close()
    bell.close()


@pytest.fixture
def others(ray):
    """Return a function that starts other tasks, and one that checks them."""

    @ray.remote
    def square(x):
        return x * x

    def start():
        ids = [square.remote(x) for x in range(100)]
        return lambda: ray.get(ids) == [x * x for x in range(100)]

    return start


@pytest.fixture
def numbers(ray):
    @ray.remote
    def numbers(count):
        yield from range(count)

    return numbers


@pytest.fixture
def stepper(ray, gate, bell):
    """Return a generator that rings and passes the gate before each item."""

    @ray.remote(max_retries=0)
    def step(count):
        for number in range(count):
            bell.ring(f"step-{number}")
            gate.pass_()
            yield number

    return step
