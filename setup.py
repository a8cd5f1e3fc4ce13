"""ament_python package; the version and the description live in package.xml alone."""

from pathlib import Path
from xml.etree import ElementTree

from setuptools import find_packages, setup

PACKAGE = "tml_ros"
manifest = ElementTree.parse(Path(__file__).parent / "package.xml").getroot()

setup(
    name=PACKAGE,
    version=manifest.findtext("version"),
    packages=find_packages(include=[PACKAGE, f"{PACKAGE}.*"]),
)
