"""The engine ``ray``: the same API over real Ray, and the same events out of it.

    api ──► driver.RayEngine ──► Ray ──► worker.perform ──► the learner's function
              │    ▲                        │ what happened
              ▼    │                        ▼
            book ◄─┴─ collecting ◄── recorder (an actor) ◄── reports, in batches

Each function travels inside a wrapper (``shipping``) that tells when it ran, where,
and how it ended. ``book`` turns what is told into the events of ``core.events``.
Only this package imports ray.
"""
