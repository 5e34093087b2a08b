# /// script
# requires-python = ">=3.11"
# dependencies = ["fastapi==0.165.0", "pydantic==2.14.4", "uvicorn", "websockets", "python-multipart"]
# ///
"""A shop's orders: a FastAPI application as people write them.

    krait run app.py [PORT] [--host HOST] [--quiet]

PORT may also come from the environment (default 8000). The documentation is at /docs
and /redoc. All is kept in memory. FastAPI and Pydantic are pinned, because
openapi.json beside this file is what exactly they make of the application.
"""

import argparse
import os

import uvicorn

from shop import create_app


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("port", nargs="?", type=int, default=int(os.environ.get("PORT", 8000)))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--quiet", action="store_true", help="log no requests")
    return parser.parse_args()


def main():
    options = parse()
    level = "warning" if options.quiet else "info"
    uvicorn.run(create_app(), host=options.host, port=options.port, log_level=level)


if __name__ == "__main__":
    main()
