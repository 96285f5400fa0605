"""Zip members: bounded reading of a workbook, raw copies of untouched members, writing of new ones."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from isal import isal_zlib

from .plan import CannotAnnotate

CHUNK = 1 << 20
MAX_UNPACKED = 3 << 30
MAX_PART = 256 << 20
RATIO_FREE = 64 << 20
MAX_RATIO = 200
LEVEL = 2

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
_END = struct.Struct("<4s4H2LH")
_DOS_EPOCH = (0, 0x21)
_UTF8 = 0x800
_DAMAGED = "工作簿已损坏，打不开。"


class Archive:
    """A zip file opened for reading; members are `zipfile.ZipInfo`."""

    def __init__(self, path: Path) -> None:
        try:
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            raise CannotAnnotate("工作簿读不出来。", str(error)) from error
        try:
            _refuse_compound(self._file)
            self.zip = zipfile.ZipFile(self._file)
            self.members = self.zip.infolist()
            _refuse_unsafe(self.members)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OSError) as error:
            self._file.close()
            raise CannotAnnotate(_DAMAGED, str(error)) from error
        except CannotAnnotate:
            self._file.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.zip.close()
        self._file.close()

    def read(self, member: zipfile.ZipInfo) -> bytes:
        """Content of a member that has to fit in memory."""
        if member.file_size > MAX_PART:
            raise CannotAnnotate("工作簿里有一部分过大，无法安全处理。", member.filename)
        return b"".join(self.chunks(member))

    def chunks(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        """Content of a member piece by piece; refuses one whose size or checksum is not as declared."""
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            yield from self._chunks_by_zipfile(member)
            return
        inflate = isal_zlib.decompressobj(-15) if member.compress_type == zipfile.ZIP_DEFLATED else None
        size = crc = 0
        try:
            for raw in self.raw(member):
                pieces = [raw] if inflate is None else _inflated(inflate, raw)
                for piece in pieces:
                    size += len(piece)
                    if size > member.file_size:
                        raise CannotAnnotate(_DAMAGED, f"{member.filename}: longer than declared")
                    crc = isal_zlib.crc32(piece, crc)
                    yield piece
        except isal_zlib.error as error:  # type: ignore[misc]
            raise CannotAnnotate(_DAMAGED, f"{member.filename}: {error}") from error
        if size != member.file_size or crc != member.CRC:
            raise CannotAnnotate(_DAMAGED, f"{member.filename}: wrong size or checksum")

    def _chunks_by_zipfile(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        try:
            with self.zip.open(member) as stream:
                while piece := stream.read(CHUNK):
                    yield piece
        except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
            raise CannotAnnotate(_DAMAGED, f"{member.filename}: {error}") from error

    def raw(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        """Compressed bytes of a member as they lie in the file."""
        self._file.seek(member.header_offset)
        header = self._file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or header[:4] != b"PK\3\4":
            raise CannotAnnotate(_DAMAGED, f"{member.filename}: no local header")
        fields = _LOCAL.unpack(header)
        position = member.header_offset + _LOCAL.size + fields[-2] + fields[-1]
        left = member.compress_size
        while left:
            self._file.seek(position)
            piece = self._file.read(min(CHUNK // 4, left))
            if not piece:
                raise CannotAnnotate(_DAMAGED, f"{member.filename}: cut short")
            position += len(piece)
            left -= len(piece)
            yield piece


def _inflated(inflate: object, raw: bytes) -> Iterator[bytes]:
    """Bounded pieces of what `raw` unpacks to."""
    while raw:
        piece = inflate.decompress(raw, CHUNK)  # type: ignore[attr-defined]
        if piece:
            yield piece
        elif inflate.eof or not inflate.unconsumed_tail:  # type: ignore[attr-defined]
            return
        raw = inflate.unconsumed_tail  # type: ignore[attr-defined]


class ArchiveWriter:
    """A zip file written front to back: raw copies beside newly compressed members; no zip64, dates fixed."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._central: list[bytes] = []

    def copy(self, source: Archive, member: zipfile.ZipInfo) -> None:
        """Carry a member over without unpacking it."""
        name = _raw_name(member)
        extra = _without_zip64(member.extra)
        year, month, day, hour, minute, second = member.date_time
        date = max(year - 1980, 0) << 9 | month << 5 | day
        time = hour << 11 | minute << 5 | second // 2
        offset = self._stream.tell()
        flags = member.flag_bits & ~0x08
        sizes = (member.CRC, member.compress_size, member.file_size)
        version, method = member.extract_version, member.compress_type
        header = _LOCAL.pack(b"PK\3\4", version, flags, method, time, date, *sizes, len(name), 0)
        self._stream.write(header + name)
        for piece in source.raw(member):
            self._stream.write(piece)
        self._central.append(
            _CENTRAL.pack(
                b"PK\1\2", member.create_version, member.create_system, version, 0, flags, method, time, date, *sizes,
                len(name), len(extra), len(member.comment), 0, member.internal_attr, member.external_attr, offset,
            )
            + name + extra + member.comment
        )  # fmt: skip

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        """Compress a new member."""
        raw_name = name.encode()
        flags = 0 if raw_name.isascii() else _UTF8
        offset = self._stream.tell()
        self._stream.write(_LOCAL.pack(b"PK\3\4", 20, flags, 8, *_DOS_EPOCH, 0, 0, 0, len(raw_name), 0) + raw_name)
        deflate = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, -15)
        crc = packed = size = 0
        for chunk in chunks:
            crc = isal_zlib.crc32(chunk, crc)
            size += len(chunk)
            packed += self._stream.write(deflate.compress(chunk))
        packed += self._stream.write(deflate.flush())
        end = self._stream.tell()
        if size > MAX_UNPACKED or end > MAX_UNPACKED:
            raise CannotAnnotate("工作簿过大，无法安全处理。", name)
        self._stream.seek(offset + 14)
        self._stream.write(struct.pack("<3L", crc, packed, size))
        self._stream.seek(end)
        self._central.append(
            _CENTRAL.pack(
                b"PK\1\2", 20, 0, 20, 0, flags, 8, *_DOS_EPOCH, crc, packed, size, len(raw_name), 0, 0, 0, 0, 0, offset
            )
            + raw_name
        )

    def close(self, comment: bytes) -> None:
        """Write the directory; the stream stays open."""
        offset = self._stream.tell()
        size = self._stream.write(b"".join(self._central))
        count = len(self._central)
        self._stream.write(_END.pack(b"PK\5\6", 0, 0, count, count, size, offset, len(comment)) + comment)


def _refuse_compound(file: BinaryIO) -> None:
    """Refuse what starts like an OLE file: an encrypted workbook or one of an older format."""
    if file.read(8) != bytes.fromhex("D0CF11E0A1B11AE1"):
        file.seek(0)
        return
    file.seek(0)
    if "EncryptedPackage".encode("utf-16-le") in file.read(RATIO_FREE):
        raise CannotAnnotate("工作簿设有打开密码（已加密），请去掉密码后再交。")
    raise CannotAnnotate("这不是 .xlsx 或 .xlsm 工作簿，无法在原文件上批注。")


def _refuse_unsafe(members: list[zipfile.ZipInfo]) -> None:
    """Refuse encrypted members and archives that unpack to more than a workbook can hold."""
    if any(member.flag_bits & 0x1 for member in members):
        raise CannotAnnotate("工作簿设有密码（已加密），请去掉密码后再交。")
    unpacked = sum(member.file_size for member in members)
    greedy = any(
        member.file_size > RATIO_FREE and member.file_size > MAX_RATIO * max(member.compress_size, 1)
        for member in members
    )
    if unpacked > MAX_UNPACKED or greedy or len(members) > 0xFFF0:
        raise CannotAnnotate("工作簿解压后过大，疑似压缩炸弹，未作处理。", f"{unpacked} bytes unpacked")


def _raw_name(member: zipfile.ZipInfo) -> bytes:
    return member.orig_filename.encode("utf-8" if member.flag_bits & _UTF8 else "cp437")


def _without_zip64(extra: bytes) -> bytes:
    kept = b""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<2H", extra)
        if kind != 1:
            kept += extra[: 4 + size]
        extra = extra[4 + size :]
    return kept
