"""A board for nengo-loihi's hardware path where NxSDK is not installed."""

from nxsdk_stand_in.board import Board, sources
from nxsdk_stand_in.core import Core
from nxsdk_stand_in.installing import install

__all__ = ["Board", "Core", "install", "sources"]
