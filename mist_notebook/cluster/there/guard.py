"""Runs on a machine: one process of the cluster, which lives no longer than the connection that asked for it.

What it needs to keep secret comes on its input, into a folder of its owner's alone, and goes with it. The end of the
input, a `stop` there, or too long a silence ends the process and all that it started.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

TASK = json.loads(sys.stdin.buffer.readline())
HEARD_AT = [time.monotonic()]
IS_OVER = threading.Event()


def listen():
    """Every line is a sign of life; the end of all lines is the end."""
    for line in iter(sys.stdin.buffer.readline, b""):
        HEARD_AT[0] = time.monotonic()
        if line.strip() == b"stop":
            break
    IS_OVER.set()


def tell(event):
    try:
        print(TASK["mark"] + json.dumps(event), flush=True)
    except OSError:
        IS_OVER.set()


def written(folder):
    """Put the files there, for their owner alone."""
    for name, text in TASK["files"].items():
        handle = os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(text)


def ended(process):
    """Wait until it ends or has to: its exit code."""
    ready = TASK.get("ready")
    while not IS_OVER.is_set():
        if ready and os.path.exists(ready):
            try:
                with open(ready) as file:
                    tell({"ready": json.load(file)})
                ready = None
            except ValueError:  # it is still being written
                pass
        if time.monotonic() - HEARD_AT[0] > TASK["silence_s"]:
            break
        try:
            return process.wait(0.1 if ready else 0.5)
        except subprocess.TimeoutExpired:
            pass
    return None


def end(process):
    """All that it started too: politely, and two seconds later without asking."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except OSError:
            return
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            pass


def main():
    signal.signal(signal.SIGHUP, lambda *_: IS_OVER.set())
    signal.signal(signal.SIGTERM, lambda *_: IS_OVER.set())
    threading.Thread(target=listen, daemon=True).start()
    os.umask(0o077)
    folder = tempfile.mkdtemp(prefix="mist-dask-")
    try:
        written(folder)
        os.chdir(folder)
        process = subprocess.Popen(
            [sys.executable, *TASK["argv"]], stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            tell({"pid": process.pid})
            tell({"ended": ended(process)})
        finally:
            end(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
os._exit(0)
