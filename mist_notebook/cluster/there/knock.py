"""Runs on a machine: listens at its own addresses, then tries those of the others, and says which of them answered.

Whoever listens says its own word, so that an address that several machines have isn't taken for another machine's.
"""

import json
import socket
import sys
import threading

TASK = json.loads(sys.stdin.buffer.readline())
WORD = TASK["word"].encode()


def served(listener):
    """Say the word to whoever connects."""
    while True:
        try:
            connection, _ = listener.accept()
            connection.sendall(WORD)
            connection.close()
        except OSError:
            return


def opened(address):
    """A port at this address of ours; nothing where the address isn't ours."""
    try:
        listener = socket.create_server((address, 0), family=socket.AF_INET6 if ":" in address else socket.AF_INET)
    except OSError:
        return None
    threading.Thread(target=served, args=(listener,), daemon=True).start()
    return listener.getsockname()[1]


def heard(address, port):
    """What is said there."""
    try:
        with socket.create_connection((address, port), timeout=TASK["seconds"]) as connection:
            return connection.recv(200).decode("ascii", "replace")
    except OSError:
        return ""


def tell(found):
    print(TASK["mark"] + json.dumps(found), flush=True)


tell({address: port for address, port in ((one, opened(one)) for one in TASK["addresses"]) if port})
OTHERS = json.loads(sys.stdin.buffer.readline() or b"[]")
REACHED = [False] * len(OTHERS)


def knock(number):
    address, port, word = OTHERS[number]
    REACHED[number] = heard(address, port) == word


THREADS = [threading.Thread(target=knock, args=(number,), daemon=True) for number in range(len(OTHERS))]
for thread in THREADS:
    thread.start()
for thread in THREADS:
    thread.join()
tell(REACHED)
sys.stdin.buffer.readline()  # the others may still be knocking here
