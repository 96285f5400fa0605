"""Who may say what: managers for their units, and who closes months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from processor.decision import Decision
from processor.site import Site


@dataclass(frozen=True)
class Authority:
    """Staff numbers. everywhere: managers of all units; of_unit: unit -> its own managers; payroll: who closes months.

    folders: unit -> the folder below the inbox from which alone answers about it count.
    """

    everywhere: frozenset[str]
    of_unit: Mapping[str, frozenset[str]]
    payroll: frozenset[str]
    folders: Mapping[str, str] = field(default_factory=dict)

    def answering(self, unit: str) -> frozenset[str]:
        """Whose word counts for the unit."""
        return self.everywhere | self.of_unit.get(unit, frozenset())

    def is_manager(self, staff_no: str) -> bool:
        """Whether somebody's word counts anywhere."""
        return any(staff_no in self.answering(unit) for unit in self.of_unit)

    def objection(self, staff_no: str, line: Decision) -> str:
        """Why somebody's answer to a line does not count, as a Chinese sentence; empty where it does."""
        managers = self.answering(line.unit)
        if staff_no not in managers:
            return f"{staff_no}不是{line.unit}的负责人"
        if staff_no == line.staff_no and managers != {staff_no}:
            return f"{staff_no}不能处理关于自己的决定，请由{line.unit}的另一位负责人处理"
        return ""

    def misplaced(self, file: str, line: Decision) -> str:
        """Why an answer does not count because of where it was put, as a Chinese sentence; empty where it does."""
        folder = self.folders.get(line.unit, "")
        if folder and not file.startswith(f"{folder}/"):
            return f"{line.unit}的答复要放在收件夹的“{folder}”文件夹里才算数"
        return ""

    @property
    def closing(self) -> frozenset[str]:
        """Who may close a month: payroll, else the managers of all units, else who manages every unit."""
        if self.payroll or self.everywhere:
            return self.payroll or self.everywhere
        return frozenset.intersection(*self.of_unit.values()) if self.of_unit else frozenset()


def authority(site: Site) -> Authority:
    """As site.toml names them."""
    units = {unit.name: frozenset(unit.managers) for unit in site.units}
    folders = {unit.name: unit.answers for unit in site.units if unit.answers}
    return Authority(site.managers, units, site.payroll, folders)
