"""The contract on the engine ``ray``: which sentences, and how a test ends there.

``RAYTEACH_CONTRACT_ENGINE=ray pytest tests/contract`` runs ``SAMPLE`` on it, with
``RAYTEACH_CONTRACT_ALL=1`` all that is not in ``DIFFERS``;
``tests/test_contract_on_ray.py`` runs the sample where Ray is installed.
"""

import os
import signal
import threading
import time
from contextlib import contextmanager

import pytest

import rayteach

#: what of the contract is held to real Ray, by module
SAMPLE = {
    "test_remote": """
        test_a_call_returns_an_id_and_get_its_value
        test_a_task_runs_in_another_process
        test_defaults_and_keywords_are_those_of_the_function
        test_an_unknown_keyword_is_a_type_error_at_the_call
        test_variadic_functions_take_what_they_take
        test_an_argument_that_does_not_pickle_is_an_error_at_the_call
        test_functions_and_classes_of_the_program_travel
        test_a_closure_is_frozen_at_the_first_call
    """,
    "test_get_wait": """
        test_get_of_a_list_keeps_its_order_and_duplicates
        test_a_failing_id_raises_without_waiting_for_the_rest
        test_wait_returns_both_lists_in_input_order
        test_wait_returns_when_enough_are_ready
        test_failed_ids_count_as_ready
        test_wait_of_an_empty_list_is_empty
        test_a_drain_by_wait_sees_every_task_once
        test_a_future_gets_the_value
        test_an_id_can_be_awaited
    """,
    "test_values": """
        test_other_values_are_fresh_copies_each_time
        test_arrays_are_read_only_and_shared
        test_an_array_outlives_its_id
        test_an_id_as_an_argument_is_its_value
        test_an_id_in_a_container_stays_an_id
        test_an_id_in_a_result_stays_an_id
        test_an_id_inside_a_put_value_keeps_its_value_alive
        test_a_chain_of_tasks_passes_its_value_along
        test_a_task_waits_for_all_its_inputs
        test_many_ids_as_arguments_arrive_in_order
    """,
    "test_errors": """
        test_an_error_is_a_task_error_and_of_the_original_type
        test_each_get_raises_anew
        test_a_dependent_task_fails_with_its_producers_error_and_never_runs
        test_an_error_passes_through_a_task_that_gets_it
        test_a_task_can_catch_the_error_of_another
        test_the_session_goes_on_after_dead_workers
    """,
    "test_nested": """
        test_a_task_can_put_small_and_large_values
        test_a_task_can_return_its_childs_id_without_waiting
        test_a_task_can_make_and_use_an_actor
        test_a_tree_of_tasks_reduces
    """,
    "test_options": """
        test_several_results_are_several_ids
        test_no_more_tasks_run_at_once_than_there_are_cpus
        test_two_halves_and_a_whole_run_together
    """,
}


_HELD = "Ray's own schedulers start tasks, and nothing can hold them"
_OURS = "about our own processes: fork server, queue, lines"
#: what is not held to real Ray, by module or test, and why
DIFFERS = {
    "test_pausing": _HELD,
    "test_pausing_input": _HELD,
    "test_controls": _HELD,
    "test_object_store": "Ray's store has limits, places and texts of its own",
    "test_memory": "Ray's memory monitor has limits and texts of its own",
    "test_surroundings": "workers find what the driver found at `init`",
    "test_lending": "Ray lends CPUs by its own rules, and counts them later",
    "test_left_behind": "Ray's workers keep what a task leaves behind",
    "test_machine": "Ray sets threads of libraries by its own rules",
    "test_faults": _OURS,
    "test_deadly_tasks": _OURS,
    "test_init": "about starting and ending a session again and again",
    "test_queued_calls_that_are_cancelled_never_run": "Ray may run them",
    "test_a_cancelled_task_is_never_retried": "Ray interrupts no blocking read",
}

CPUS = 2
PATIENCE_S = 2.0
LIMIT_S = float(os.environ.get("RAYTEACH_CONTRACT_LIMIT_S", "15"))
"""A sentence of the contract is proved in seconds, or Ray answers otherwise."""


@contextmanager
def limited(name):
    """End a test that waits for ever, and give the next one a session of its own."""
    interrupt = threading.Timer(LIMIT_S, os.kill, (os.getpid(), signal.SIGINT))
    interrupt.start()
    try:
        yield
    except KeyboardInterrupt:
        _renew(interrupt)
        pytest.fail(f"{name} was not proved in {LIMIT_S:g} s")
    except pytest.skip.Exception:
        raise
    except BaseException:
        _renew(interrupt)
        raise
    finally:
        interrupt.cancel()
        interrupt.join()


def _renew(interrupt):
    """Open a new session, unless all that the test started has ended."""
    interrupt.cancel()
    interrupt.join()  # it sends nothing from here on
    patience = time.monotonic() + PATIENCE_S
    while rayteach.is_initialized() and time.monotonic() < patience:
        if rayteach.available_resources()["CPU"] == CPUS:
            return
    rayteach.shutdown()
    rayteach.init(num_cpus=CPUS)


def reason(item):
    """Return why a collected test is not held to Ray, "" if it is."""
    module = item.module.__name__.rpartition(".")[2]
    return DIFFERS.get(item.originalname) or DIFFERS.get(module, "")


def is_sampled(item):
    """Tell whether a collected test belongs to the sample."""
    names = SAMPLE.get(item.module.__name__.rpartition(".")[2], "").split()
    return item.originalname in names
