"""Real processes on one machine: workers, their fork server, shared memory."""
