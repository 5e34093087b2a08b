"""Modules that many programs import."""

import argparse, asyncio, collections, dataclasses, datetime, json, logging, pathlib, random, re, typing
argparse.ArgumentParser().parse_args([])
asyncio.run(asyncio.sleep(0))
logging.getLogger("start").warning("%s", re.sub("a+", "b", json.dumps({"a": [1, 2.5, None]})))
