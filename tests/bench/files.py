"""What files cost: a document at its first reading, and an upload against writing the same bytes."""

from __future__ import annotations

import http.client
import os
import statistics
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from database.clock import current_time
from database.transaction import in_transaction
from files.documents.issue import issue_document
from files.documents.kinds import KINDS
from files.documents.open import open_document
from files.local_store import LocalStore, sync_folder
from files.models import IssuedDocument
from files.store import STORE
from tests.bench.bench_world import BenchWorld
from tests.bench.figures import Figure, interleaved, seconds
from tests.bench.web import Client, web
from tests.unit.files.samples import sample

KIND = KINDS["planning_report"]
DOCUMENTS, ITEMS = 30, 20
UPLOADS, BYTES = 12, 16 * 2**20
MOST_MILLISECONDS = 100
LEAST_SHARE = 0.3  # of the speed of the disk: the bytes are received, parsed, digested, looked at and synchronised
BOUNDARY = "binglian-bench"
HEAD = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="plan.pdf"\r\n'
    "Content-Type: application/pdf\r\n\r\n"
).encode()
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()


def figures(bench: BenchWorld) -> Iterator[Figure]:
    """``pdf_ms`` in this process, ``upload_MBps`` over HTTP."""
    yield _pdf(bench)
    with web(bench, processes=1) as server:
        yield _upload(server.client(bench.officer), bench.folder)


def _pdf(bench: BenchWorld) -> Figure:
    """The median of the first readings of planning reports, once the fonts are loaded."""
    sessions = bench.world.sessions
    sessions.kw["info"][STORE] = LocalStore(bench.folder / "files")
    stage_case = bench.stage_case()
    documents = in_transaction(sessions, lambda session: [_issue(session, bench, stage_case) for _ in range(DOCUMENTS)])

    def read(document: UUID) -> Callable[[], int]:
        def work(session: Session) -> int:
            issued = session.get_one(IssuedDocument, document)
            return sum(map(len, open_document(session, bench.officer, issued, now=current_time(session)).chunks))

        return lambda: in_transaction(sessions, work)

    first, *others = [seconds(read(found)) for found in documents]
    note = f"{ITEMS} 个事项的策划报告；载入字体后 {len(others)} 份，首份 {first * 1e3:.0f} ms"
    return Figure("pdf_ms", statistics.median(others) * 1e3, "ms", MOST_MILLISECONDS, at_most=True, note=note)


def _issue(session: Session, bench: BenchWorld, stage_case: UUID) -> UUID:
    data = sample(KIND)
    return issue_document(
        session,
        bench.officer,
        KIND.name,
        region_code=bench.world.release.region.code,
        stage_case_id=stage_case,
        data={**data, "items": data["items"][:ITEMS]},
        now=current_time(session),
    ).id


def _upload(client: Client, folder: Path) -> Figure:
    """Uploads, and writing the same bytes to the same disk with fsync, by turns."""
    contents = [b"%PDF-1.7\n" + os.urandom(BYTES) for _ in range(UPLOADS + 1)]
    numbers = count()
    _send(client, contents.pop())
    pairs = [
        (lambda each=each: _send(client, each), lambda each=each: _write(folder, next(numbers), each))
        for each in contents
    ]
    uploading, writing = (BYTES / 2**20 / median for median in interleaved(pairs))
    note = f"直接写盘并 fsync {writing:.0f} MB/s，{uploading / writing:.2f} 倍；每份 {BYTES // 2**20} MB"
    return Figure("upload_MBps", uploading, "MB/s", LEAST_SHARE * writing, note=note)


def _send(client: Client, content: bytes) -> None:
    connection: http.client.HTTPConnection = client.connection
    headers = {
        **client.headers,
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": str(len(HEAD) + len(content) + len(TAIL)),
    }
    connection.request("POST", "/api/v1/files", iter((HEAD, content, TAIL)), headers)
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status == 201, text


def _write(folder: Path, number: int, content: bytes) -> None:
    raw = folder / "raw"
    raw.mkdir(exist_ok=True)
    with (raw / str(number)).open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(raw)
