"""Every rule, by the name that packs bind: one module a family, one pure function a mechanic.

The table is read from the modules' own public functions whose first parameter is a Job, so a new rule is one function.
"""
