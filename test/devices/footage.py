"""Small videos and a picture server for the tests of what reads them."""

from __future__ import annotations

import subprocess
import threading
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

import cv2
import numpy as np

SIZE = (64, 48)


def grey_level(index):
    """The brightness of frame `index`: what tells the frames of a made video apart."""
    return 40 + 15 * (index % 12)


def picture(index):
    """Frame `index` as uint8 [48, 64, 3] RGB: grey, with a red left half."""
    rgb = np.full((SIZE[1], SIZE[0], 3), grey_level(index), np.uint8)
    rgb[:, : SIZE[0] // 2] = (230, 20, 20)
    return rgb


def index_of(rgb):
    """Which of the twelve grey levels a picture shows."""
    level = rgb[:, 3 * SIZE[0] // 4 :].mean()
    return round((level - 40) / 15)


def make_video(path, *, frames=12, rate=25.0):
    """A video of a constant rate by OpenCV's own writer."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), rate, SIZE)
    for index in range(frames):
        writer.write(cv2.cvtColor(picture(index), cv2.COLOR_RGB2BGR))
    writer.release()
    return path


def make_uneven_video(path, times_ms):
    """A Matroska video whose frames have just these time stamps, by ffmpeg's concat format."""
    lines = ["ffconcat version 1.0"]
    for index, start in enumerate(times_ms):
        still = path.parent / f"still{index}.png"
        cv2.imwrite(str(still), cv2.cvtColor(picture(index), cv2.COLOR_RGB2BGR))
        following = times_ms[index + 1] if index + 1 < len(times_ms) else start + 40
        lines += [f"file {still.name}", f"duration {(following - start) / 1000}"]
    script = path.parent / "stills.txt"
    script.write_text("\n".join(lines) + "\n")
    make = ["ffmpeg", "-loglevel", "error", "-f", "concat", "-i", str(script)]
    make += ["-fps_mode", "vfr", "-frames:v", str(len(times_ms)), "-c:v", "mjpeg", str(path)]
    subprocess.run(make, check=True)
    return path


class PictureServer:
    """A camera on localhost that streams MJPEG over HTTP, and can be unplugged and put back."""

    def __init__(self, port=0, *, silent=False):
        server = self
        self.silent = silent
        self.unplugged = threading.Event()

        class Camera(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                try:
                    server.stream(self.wfile)
                except OSError:
                    self.close_connection = True

            def log_message(self, *words):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

        self._http = Server(("127.0.0.1", port), Camera)
        self.port = self._http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/camera.mjpg"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def stream(self, out):
        for index in count():
            if not self.silent:
                good, jpeg = cv2.imencode(".jpg", cv2.cvtColor(picture(index), cv2.COLOR_RGB2BGR))
                assert good
                out.write(b"--frame\r\nContent-Type: image/jpeg\r\n")
                out.write(b"Content-Length: %d\r\n\r\n" % len(jpeg) + jpeg.tobytes() + b"\r\n")
            if self.unplugged.wait(0.02):
                return

    def unplug(self):
        self.unplugged.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self.unplugged.is_set():
            self.unplug()


class _QuietFiles(SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


@contextmanager
def serving(folder):
    """A web server on localhost for the files of a folder; gives its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_QuietFiles, directory=folder)) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{http.server_address[1]}"
        http.shutdown()
        thread.join()
