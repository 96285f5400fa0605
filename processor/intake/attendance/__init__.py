"""Attendance as systems and punch clocks export it, turned into rows of the attendance register.

A closed list of layouts is known, each by its own signature; whatever matches none is left to the recognition of registers.

| layout | whose | one line is |
|---|---|---|
| `daily` | DingTalk 每日统计, WeCom 日报, Feishu, punch clocks with 签到时间 and 签退时间 | an employee and day |
| `punches` | DingTalk 原始记录, punch clocks with 刷卡日期, 日期时间 … | one punch, or the punches of a day |
| `packed` | DingTalk 打卡时间, WeCom 打卡时间记录 | an employee, with a column of punches for each day |
| `monthly` | DingTalk 月度汇总, WeCom 月报 | an employee, with a column of results for each day, or with totals alone |

What such a sheet leaves blank is no evidence: nobody has missed a punch unless the system says so itself, or the sheet has
a schedule, a column for the punch, and no word that says why the punch is missing.
"""
