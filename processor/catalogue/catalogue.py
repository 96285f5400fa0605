"""All that a site may be governed by: the registers and packs of the product, and those of the site's folder over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from processor.catalogue.column import check_kinds
from processor.catalogue.pack import Pack
from processor.catalogue.pack_reader import load_pack
from processor.catalogue.register import COMMON_COLUMNS, Register
from processor.catalogue.register_reader import FOLDER, declaration, linked, load_registers, register_of
from processor.errors import PolicyError, RegisterError
from processor.messages import tell
from processor.packaged import packaged

REGISTERS, PACKS, CASES = "registers", "packs", "cases"
EXTENDS = "extends"
#: what a site may add to a known register -> what stands there
_EXTENSIONS = {"synonyms": "lists", "choices": "lists", "columns": "table", "otherwise": "groups", "derived": "table"}

#: name, time of change and size of each file of a folder: what has been read is read again only when one changes
Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Catalogue:
    """registers: by name. files: pack -> the file that holds it, a site's own ones included. cases: files that prove them."""

    registers: Mapping[str, Register]
    files: Mapping[str, Path]
    cases: tuple[Path, ...]

    @property
    def pack_names(self) -> list[str]:
        """The names of all packs there are."""
        return sorted(self.files)

    def packs(self, names: Iterable[str] | None = None) -> dict[str, Pack]:
        """The packs of these names (names of no pack are passed over), or all. Raises PolicyError with file and key."""
        wanted = self.pack_names if names is None else sorted(set(names) & set(self.files))
        found = {name: _pack(self.files[name], _stamp([self.files[name]]), self) for name in wanted}
        owners: dict[str, str] = {}
        for pack in found.values():
            for clause in pack.clauses:
                if clause in owners:
                    raise PolicyError(
                        tell("clause {clause} stands in two packs", clause=clause),
                        where=f"{owners[clause]}, {pack.name}",
                    )
                owners[clause] = pack.name
        return found

    def __hash__(self) -> int:
        return id(self)


def load_catalogue(site: Path | None = None) -> Catalogue:
    """The product's catalogue, overlaid by `registers/`, `packs/` and `cases/` of a site's folder.

    Raises RegisterError or PolicyError naming file and key.
    """
    own = {name: _files(site, name) for name in (REGISTERS, PACKS, CASES)}
    return _catalogue(tuple(own[REGISTERS]), tuple(own[PACKS]), tuple(own[CASES]), _stamp(own[REGISTERS]))


def load_packs(names: frozenset[str] | None = None) -> dict[str, Pack]:
    """The packs of the product, all or of these names."""
    return load_catalogue().packs(names)


def _files(site: Path | None, folder: str) -> list[Path]:
    found = sorted((site / folder).glob("*.yaml")) if site is not None else []
    for path in found:
        if not path.is_file():
            raise PolicyError("is no file", where=f"{folder}/{path.name}", mend="take it away")
    return found


def _stamp(paths: Iterable[Path]) -> Stamp:
    return tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in paths)


@cache
def _catalogue(
    registers: tuple[Path, ...], packs: tuple[Path, ...], cases: tuple[Path, ...], stamp: Stamp
) -> Catalogue:
    files = {path.stem: path for path in sorted(packaged(PACKS).glob("*.yaml"))}
    for path in packs:
        if path.stem in files:
            mend = "give the file another name, and the units the new pack"
            raise PolicyError(
                tell("there is a pack {stem} already", stem=path.stem), where=f"{PACKS}/{path.name}", mend=mend
            )
        files[path.stem] = path
    return Catalogue(_overlaid(registers), MappingProxyType(files), cases)


@cache
def _pack(path: Path, stamp: Stamp, catalogue: Catalogue) -> Pack:
    pack = load_pack(path, catalogue.registers)
    if pack.name != path.stem:
        raise PolicyError(
            tell("is called {name} inside", name=pack.name),
            where=f"{path.name} pack",
            mend=tell("write {stem}", stem=path.stem),
        )
    return pack


def _overlaid(paths: tuple[Path, ...]) -> Mapping[str, Register]:
    """The product's registers with a site's own ones, and with what the site adds to known ones."""
    if not paths:
        return load_registers()
    found = dict(load_registers())
    for path in paths:
        data = declaration(path)
        name = str(data.get(EXTENDS, path.stem))
        if EXTENDS in data:
            data = _extended(path, name, data)
        elif name in found:
            raise RegisterError(
                tell("there is a register {name} already", name=name),
                where=path.name,
                mend=tell("write {extends}: {name}", extends=EXTENDS, name=name),
            )
        else:
            data = _with_common_columns(data)
        found[name] = register_of(path.with_stem(name), data)
    _unlike(found)
    return linked(dict(sorted(found.items())))


def _extended(path: Path, name: str, more: Mapping[str, Any]) -> dict[str, Any]:
    """The declaration of a known register with a site's synonyms, choices, columns and ways to tell rows apart."""
    base = FOLDER / f"{name}.yaml"
    if not base.exists():
        raise RegisterError(tell("there is no register {name}", name=name), where=f"{path.name}: {EXTENDS}")
    unknown = sorted(set(map(str, more)) - {EXTENDS, *_EXTENSIONS})
    if unknown:
        mend = tell("an extension knows {known}", known=", ".join(_EXTENSIONS))
        raise RegisterError(tell("unknown key {unknown}", unknown=", ".join(unknown)), where=path.name, mend=mend)
    check_kinds(more, _EXTENSIONS, f"{path.name}: ")
    data = deepcopy(declaration(base))
    for key in ("synonyms", "choices"):
        for header, words in dict(more.get(key, {})).items():
            column = data["columns"].get(header)
            if column is None or (key == "choices" and column["type"] != "choice"):
                raise RegisterError(tell("{name} has no such column", name=name), where=f"{path.name}: {key}.{header}")
            column[key] = [*column.get(key, []), *(word for word in words if word not in column.get(key, []))]
    for header, column in dict(more.get("columns", {})).items():
        if header in data["columns"]:
            raise RegisterError(
                tell("{name} has this column already", name=name), where=f"{path.name}: columns.{header}"
            )
        data["columns"][header] = {"optional": True, **column} if isinstance(column, dict) else column
    for header, table in dict(more.get("derived", {})).items():
        if header in data.get("derived", {}):
            message = tell("{name} has this column already", name=name)
            raise RegisterError(message, where=f"{path.name}: derived.{header}")
        data.setdefault("derived", {})[header] = table
    data["otherwise"] = [*data.get("otherwise", []), *more.get("otherwise", [])]
    return data if data["otherwise"] else {key: value for key, value in data.items() if key != "otherwise"}


def _with_common_columns(data: Mapping[str, Any]) -> dict[str, Any]:
    """The declaration with 门店 and 备注, which every register may carry."""
    columns = data.get("columns")
    if not isinstance(columns, dict):
        return dict(data)
    common = {header: {"type": "text", "optional": True} for header in COMMON_COLUMNS if header not in columns}
    return {**data, "columns": {**columns, **common}}


def _unlike(registers: Mapping[str, Register]) -> None:
    """Two registers of one title, or of the same columns, could not be told apart by anybody. Raises RegisterError."""
    titles: dict[str, str] = {}
    headers: dict[frozenset[str], str] = {}
    for name, register in registers.items():
        twin = headers.setdefault(frozenset(register.headers), name)
        if twin != name:
            raise RegisterError(
                tell("{twin} has exactly the same columns", twin=twin),
                where=f"{name}.yaml: columns",
                mend="give it a column of its own",
            )
        if register.title in titles:
            where = f"{name}.yaml: title"
            raise RegisterError(
                tell("{titles} has the title {title} too", titles=titles[register.title], title=register.title),
                where=where,
            )
        titles[register.title] = name
