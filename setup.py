"""What pyproject.toml cannot say: folders at the top of the checkout that the wheel holds inside the package."""

from setuptools import find_packages, setup

DATA = ("templates", "service")

setup(
    packages=[*find_packages(include=["processor*"]), *(f"processor.{name}" for name in DATA)],
    package_dir={f"processor.{name}": name for name in DATA},
    package_data={
        "processor": ["**/*.yaml", "**/*.mo", "schemas/*.json"],
        **{f"processor.{name}": ["**/*"] for name in DATA},
    },
)
