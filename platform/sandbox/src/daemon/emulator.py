"""Runs the emulator and saves its state while it runs.

The emulator itself saves only when it is asked to end, a file a service, so a process that is killed loses all it did.
This module stands around it, changes nothing of its files, and saves whole generations: `saves/000007/` holds
`state.jsonl` (a line a service, in the emulator's own encoding), `rules.json` (what the gateway's rules remember),
`objects/` (the files of S3, as hard links) and `blobs/` (image layers, which are too large for a line). A generation
grows under the name `partial` and is renamed when it is on the disk, so what has a number is whole.

The daemon asks for a save by the line `save` on standard input. It is answered by two JSON lines on standard output:
`{"state": "taken"}` once the state is held in memory, from when on it may change again, and then `saved` with its
`bytes`, `unchanged`, or `failed` with a `reason`.
"""

import asyncio
import hashlib
import json
import os
import shutil
import sys
import threading
import time

SAVES = os.environ["BELLA_SAVES"]
RULES = os.environ["BELLA_RULES"]
OBJECTS = os.environ["S3_DATA_DIR"]
# Bytes from this size on are files of their own, written once however often the state is saved.
BLOB = 64 * 1024
# Generations that stay: the newest, and the one before it.
KEPT = 2
# How often a service is asked again whose state a thread changed while it was read.
TRIES = 5
# AWS shows this many of a service's events, the latest.
EVENTS = 100


def own_channel():
    """The daemon's pipes, taken away from standard input and output, which the emulator's own code may use."""
    requests = os.fdopen(os.dup(0), "r")
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return requests, replies


REQUESTS, REPLIES = own_channel()

# Only with a Docker client to be found does the emulator run what it can as containers.
if os.environ.get("BELLA_SERVERS"):
    sys.path.append(os.environ["BELLA_SERVERS"])

import ministack.app as emulator  # noqa: E402 - after the channel, as importing it may print
from ministack.core import persistence  # noqa: E402
from ministack.services import ecs  # noqa: E402


def generations():
    """Numbers of the whole generations, oldest first."""
    try:
        return sorted(int(name) for name in os.listdir(SAVES) if name.isdigit())
    except FileNotFoundError:
        return []


def folder_of(number):
    return os.path.join(SAVES, f"{number:06}")


def sync_folder(path):
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_file(path, data):
    with open(path, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def files_below(folder):
    """Paths below a folder with what changes when a file is replaced: its inode, size and time."""
    found = {}
    for parent, _folders, names in os.walk(folder):
        found[os.path.relpath(parent, folder)] = None
        for name in names:
            path = os.path.join(parent, name)
            about = os.stat(path)
            kept = (about.st_ino, about.st_size, about.st_mtime_ns)
            found[os.path.relpath(path, folder)] = kept
    return found


class Taken:
    """The state at one moment, held in memory; the objects' links already lie in the generation's folder."""

    def __init__(self, number, lines, blobs, rules, objects):
        self.number = number
        self.lines = lines
        self.blobs = blobs
        self.rules = rules
        self.objects = objects

    def sign(self):
        """Equal for equal states."""
        return (self.lines, self.rules, self.objects)


class Saver:
    def __init__(self):
        self.writing = threading.Lock()
        self.asked = 0
        self.written = 0
        self.sign = None
        self.lines = {}
        self.hashes = {}
        self.failed = False

    def load(self):
        """Makes the emulator load from the newest generation; it starts empty when there is none."""
        lines = {}
        numbers = generations()
        if numbers:
            folder = folder_of(numbers[-1])
            with open(os.path.join(folder, "state.jsonl")) as file:
                for line in file:
                    # A line begins {"service": "name", as `line_of` wrote it.
                    lines[line.split('"', 4)[3]] = line.rstrip("\n")
            self.blobs_at = os.path.join(folder, "blobs")
        self.lines = lines
        emulator.load_state = self.state_of
        emulator.save_all = self.save_at_end

    def state_of(self, service):
        line = self.lines.get(service)
        if line is None:
            return None
        return json.loads(line, object_hook=self.decode)["payload"]

    def decode(self, value):
        if "__bella_blob__" in value:
            with open(os.path.join(self.blobs_at, value["__bella_blob__"]), "rb") as file:
                return file.read()
        return persistence._json_object_hook(value)

    def take(self):
        """Holds the state of this moment. On the emulator's loop, so that no call is half way through."""
        self.asked += 1
        blobs = {}

        def encode(value):
            if isinstance(value, (bytes, bytearray)) and len(value) >= BLOB:
                # The same object is the same bytes for as long as the table holds it.
                known = self.hashes.get(id(value))
                name = known[1] if known else hashlib.sha256(value).hexdigest()
                blobs[name] = value
                return {"__bella_blob__": name}
            return persistence._json_default(value)

        lines = dict(self.lines)
        for service, get_state in emulator._build_persistence_save_dict().items():
            line = self.line_of(service, get_state, encode)
            if line is not None:
                lines[service] = line
        self.hashes = {id(value): (value, name) for name, value in blobs.items()}
        rules = {}
        for name in sorted(os.listdir(RULES)) if os.path.isdir(RULES) else []:
            if name.endswith(".json"):
                with open(os.path.join(RULES, name)) as file:
                    rules[name[: -len(".json")]] = file.read()
        partial = os.path.join(SAVES, f"partial-{self.asked}")
        shutil.rmtree(partial, ignore_errors=True)
        os.makedirs(partial)
        if os.path.isdir(OBJECTS):
            # The emulator replaces an object's file and never writes into it, so a link keeps what it was.
            shutil.copytree(OBJECTS, os.path.join(partial, "objects"), copy_function=os.link)
        return Taken(self.asked, lines, blobs, rules, files_below(OBJECTS))

    def line_of(self, service, get_state, encode):
        """A service's state as a line; that of the last save when it has none or cannot say it."""
        form = persistence._state_format_version(service)
        for number in range(TRIES):
            try:
                state = get_state()
                if state is None:
                    return None
                whole = {"service": service, "format": form, "payload": state}
                return json.dumps(whole, default=encode)
            except RuntimeError as error:
                # A thread of the emulator's changed a table while it was read.
                if number == TRIES - 1:
                    emulator.logger.error("state of %s not saved: %s", service, error)
                time.sleep(0.002)
            except Exception as error:
                emulator.logger.error("state of %s not saved: %s", service, error)
                return None
        return None

    def write(self, taken):
        """Makes a generation of what was taken, unless it is the last one again; says what became of it."""
        partial = os.path.join(SAVES, f"partial-{taken.number}")
        with self.writing:
            try:
                if taken.number < self.written:
                    return {"state": "unchanged"}
                if taken.sign() == self.sign:
                    return {"state": "unchanged"}
                size = self.fill(partial, taken)
                numbers = generations()
                number = numbers[-1] + 1 if numbers else 1
                os.rename(partial, folder_of(number))
                sync_folder(SAVES)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
            self.written = taken.number
            self.sign = taken.sign()
            self.lines = taken.lines
            for old in generations()[:-KEPT]:
                # Renamed first: what has a number is whole, also when this is cut off.
                going = os.path.join(SAVES, f"old-{old}")
                os.rename(folder_of(old), going)
                shutil.rmtree(going, ignore_errors=True)
            return {"state": "saved", "bytes": size}

    def fill(self, partial, taken):
        state = "".join(line + "\n" for line in taken.lines.values()).encode()
        rules = json.dumps(taken.rules).encode()
        write_file(os.path.join(partial, "state.jsonl"), state)
        write_file(os.path.join(partial, "rules.json"), rules)
        blobs = os.path.join(partial, "blobs")
        os.mkdir(blobs)
        for name in self.blob_names(taken):
            self.keep_blob(name, blobs, taken)
        sync_folder(blobs)
        sync_folder(partial)
        return len(state) + len(rules)

    def blob_names(self, taken):
        """Names of the blobs that any line refers to, those of lines carried over included."""
        names = set(taken.blobs)
        for line in taken.lines.values():
            for piece in line.split('"__bella_blob__": "')[1:]:
                names.add(piece.split('"', 1)[0])
        return names

    def keep_blob(self, name, folder, taken):
        path = os.path.join(folder, name)
        for number in reversed(generations()):
            try:
                os.link(os.path.join(folder_of(number), "blobs", name), path)
                return
            except FileNotFoundError:
                pass
        write_file(path, bytes(taken.blobs[name]))

    def save_at_end(self, _services):
        """Stands in the place of the emulator's own save, when it is asked to end."""
        try:
            self.write(self.take())
        except Exception:
            self.failed = True
            emulator.logger.exception("the state was not saved")

    async def take_on_loop(self):
        return self.take()

    def serve(self):
        """Saves whenever the daemon asks, until it is gone."""
        for line in REQUESTS:
            if line.strip() != "save":
                continue
            try:
                taking = asyncio.run_coroutine_threadsafe(self.take_on_loop(), emulator._MAIN_LOOP)
                taken = taking.result(30)
                reply({"state": "taken"})
                reply(self.write(taken))
            except Exception as error:
                reply({"state": "failed", "reason": f"{type(error).__name__}: {error}"})


def reply(value):
    REPLIES.write(json.dumps(value) + "\n")
    REPLIES.flush()


def forget_old_events():
    """The emulator keeps all events of a service, so that each answer and each save takes longer than the last."""
    whole = ecs._reconcile_service_tasks

    def reconciled(cluster, key):
        answer = whole(cluster, key)
        service = ecs._services.get(key)
        if service is not None:
            del service["events"][EVENTS:]
        return answer

    ecs._reconcile_service_tasks = reconciled


def main():
    forget_old_events()
    os.makedirs(SAVES, exist_ok=True)
    for name in os.listdir(SAVES):
        if not name.isdigit():
            shutil.rmtree(os.path.join(SAVES, name), ignore_errors=True)
    saver = Saver()
    saver.load()
    threading.Thread(target=saver.serve, name="bella-saver", daemon=True).start()
    try:
        emulator.main()
    finally:
        if saver.failed:
            sys.exit(3)


main()
