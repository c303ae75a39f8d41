"""An `orrery up` of a test's own."""
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import threading
import time

ORRERY = pathlib.Path(os.environ.get("ORRERY_NATIVE", "build/native")).resolve() / "orrery"


class Server:
    """Runs until stop(); kubeconfig and page are what it printed."""

    def __init__(self, folder=None, options=()):
        self.folder = folder or tempfile.mkdtemp(prefix="orrery-kubectl-")
        self.start(options)

    def start(self, options=("--simulated",)):
        began = time.monotonic()
        self.process = subprocess.Popen([ORRERY, "up", "--api-port", "0", "--page-port", "0", "--state-dir", self.folder, *options],
                                        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        watchdog = threading.Timer(30, self.process.kill)
        watchdog.start()
        self.kubeconfig = self.page = None
        while self.page is None and (line := self.process.stdout.readline()):
            if found := re.match(r"kubeconfig: (.*)", line):
                self.kubeconfig = found[1]
            if found := re.match(r"page: (.*)", line):
                self.page = found[1]
        watchdog.cancel()
        self.ready_s = time.monotonic() - began
        if self.page is None:
            raise RuntimeError("orrery up: " + self.process.stderr.read().strip())

    def environment(self, **more):
        return dict(os.environ, KUBECONFIG=self.kubeconfig, HOME=self.folder, **more)

    def resident_mb(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024

    def cpu_s(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Exit status after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.kill()
            return -1
