# /// script
# requires-python = ">=3.11"
# dependencies = ["flask"]
# ///
"""A notebook for several people: a Flask application as people write them.

    krait run app.py [PORT] [--host HOST] [--data FILE] [--quiet]

PORT may also come from the environment (default 5000). Notes are kept in memory,
or with --data in a JSON file. The first account to register administrates.
"""

import argparse
import logging
import os

from notebook import create_app


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("port", nargs="?", type=int, default=int(os.environ.get("PORT", 5000)))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", default=os.environ.get("NOTEBOOK_DATA"), help="JSON file to keep the notes in")
    parser.add_argument("--quiet", action="store_true", help="log no requests")
    return parser.parse_args()


def main():
    options = parse()
    if options.quiet:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = create_app({"DATA_FILE": options.data})
    app.run(host=options.host, port=options.port, threaded=True)


if __name__ == "__main__":
    main()
