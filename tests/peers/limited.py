"""Other readers under limits: of time, of memory, of what they may write, and of the network."""

import collections
import functools
import os
import re
import signal
import subprocess
import tempfile

SECONDS = 10
MEMORY = 4 << 30
FILE_BYTES = 256 << 20
TEXT_BYTES = 1 << 20  # so much of what a reader says is looked at

Run = collections.namedtuple("Run", "outcome text")  # outcome: ok, refused, crash, timeout

# What a shell makes of a program that died so: SIGILL, TRAP, ABRT, BUS, FPE, SEGV, SYS.
DIED = [128 + number for number in (signal.SIGILL, signal.SIGTRAP, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE,
                                    signal.SIGSEGV, signal.SIGSYS)]

# How a program built with a sanitizer says that something is broken; its exit status does not.
SANITIZER = re.compile(r"^==\d+==ERROR: |: runtime error: |^SUMMARY: \w+Sanitizer", re.MULTILINE)

# How a program in Rust ends that panics, and one in Go. Many others refuse with 2; only Go says both
# of these then.
RUST_PANICKED, GO_PANICKED = 101, 2
GO_PANIC = [re.compile(r"^(panic|fatal error): ", re.MULTILINE), re.compile(r"^goroutine \d+ ", re.MULTILINE)]


@functools.cache
def without_network():
    """What stands before a command to cut it off; [] where that is not allowed."""
    words = ["unshare", "--map-current-user", "--net", "--"]
    try:
        done = subprocess.run([*words, "true"], capture_output=True, timeout=SECONDS, check=False)
    except OSError:
        return []
    return words if done.returncode == 0 else []


def limits(memory=MEMORY):
    """What stands before a command to limit it; memory 0: without a limit, for sanitizers."""
    space = [f"--as={memory}"] if memory else []
    return ["prlimit", *space, f"--cpu={SECONDS}", "--core=0", f"--fsize={FILE_BYTES}"]


def outcome(status, text):
    if status in (-signal.SIGXCPU, -signal.SIGKILL):  # killed for the same
        return "timeout"
    if status == -signal.SIGXFSZ:  # it would write without end
        return "refused"
    if status < 0 or status in (*DIED, RUST_PANICKED) or SANITIZER.search(text):
        return "crash"
    if status == GO_PANICKED and all(line.search(text) for line in GO_PANIC):
        return "crash"
    return "ok" if status == 0 else "refused"


def run(command, memory=MEMORY, folder=None, networked=True):
    """Run one command under limits, in a folder, and end it with all its children."""
    words = [*([] if networked else without_network()), *limits(memory), *command]
    with tempfile.TemporaryFile() as output, subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd=folder,
            start_new_session=True) as process:
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return Run("timeout", "")
        output.seek(0)
        text = output.read(TEXT_BYTES).decode("utf-8", "replace")
        return Run(outcome(process.returncode, text), text)
