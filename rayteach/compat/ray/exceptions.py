"""``ray.exceptions``: Ray's names of the same classes, so ``except`` carries over.

Source: Ray 2.60 ``ray.exceptions``; differs: ``ActorAlreadyExistsError`` is here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayteach.compat.ray.missing import missing
from rayteach.errors import (
    ActorAlreadyExistsError,
    ActorDiedError,
    ActorHandleNotFoundError,
    ActorUnavailableError,
    ActorUnschedulableError,
    GetTimeoutError,
    ObjectLostError,
    ObjectReconstructionFailedError,
    ObjectStoreFullError,
    OutOfDiskError,
    OutOfMemoryError,
    OwnerDiedError,
    TaskCancelledError,
    TaskUnschedulableError,
    UnserializableException,
    WorkerCrashedError,
)
from rayteach.errors import ActorError as RayActorError
from rayteach.errors import RayteachError as RayError
from rayteach.errors import TaskError as RayTaskError

if TYPE_CHECKING:
    from typing import NoReturn

__all__ = [
    "ActorAlreadyExistsError",
    "ActorDiedError",
    "ActorHandleNotFoundError",
    "ActorUnavailableError",
    "ActorUnschedulableError",
    "GetTimeoutError",
    "ObjectLostError",
    "ObjectReconstructionFailedError",
    "ObjectStoreFullError",
    "OutOfDiskError",
    "OutOfMemoryError",
    "OwnerDiedError",
    "RayActorError",
    "RayError",
    "RayTaskError",
    "TaskCancelledError",
    "TaskUnschedulableError",
    "UnserializableException",
    "WorkerCrashedError",
]

_MISSING = dict.fromkeys(
    (
        "ActorPlacementGroupRemoved",
        "AsyncioActorExit",
        "AuthenticationError",
        "CrossLanguageError",
        "LocalRayletDiedError",
        "NodeDiedError",
        "ObjectFetchTimedOutError",
        "ObjectFreedError",
        "ObjectRefStreamEndOfStreamError",
        "OufOfBandObjectRefSerializationException",
        "PendingCallsLimitExceeded",
        "PlasmaObjectNotAvailable",
        "RayChannelError",
        "RayChannelTimeoutError",
        "RayCgraphCapacityExceeded",
        "RayDirectTransportError",
        "RaySystemError",
        "ReferenceCountingAssertionError",
        "RpcError",
        "RuntimeEnvSetupError",
        "StreamingGeneratorReplayInconsistentError",
        "TaskPlacementGroupRemoved",
        "UserCodeException",
    ),
    "it is never raised here; catch ray.exceptions.RayError, their common root",
)


def __getattr__(name: str) -> NoReturn:
    """Say of an error of Ray that it does not happen here."""
    missing("ray.exceptions", name, _MISSING)
