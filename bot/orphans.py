"""Children do not outlive a parent that was killed with -9: they would hold its port, or work on beside their heirs."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(by: signal.Signals = signal.SIGTERM, parent: int | None = None) -> None:
    """Ask the kernel (Linux) to end this process when the one that started it is gone, or end it if that is so already.

    by      SIGKILL where a polite end could wait for something that has died too, as a Celery worker for its broker
    parent  the pid of who started it, where it may be gone before this is asked
    """
    if sys.platform != "linux":
        return
    parent = parent or os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, by)
    if os.getppid() != parent:
        os.kill(os.getpid(), by)
