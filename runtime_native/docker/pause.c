/* Process 1 of a pod's sandbox: holds its namespaces, reaps orphans when the pod shares one process namespace, and
 * ends with 0 at TERM or INT. Built without a C library where the system call convention is known (about 500 bytes). */
#define BLOCK_SIGNALS ((1UL << (2 - 1)) | (1UL << (15 - 1)) | (1UL << (17 - 1))) /* INT, TERM, CHLD */

#if defined(__x86_64__) || defined(__aarch64__)

#if defined(__x86_64__)
enum { kRtSigprocmask = 14, kWait4 = 61, kRtSigtimedwait = 128, kExitGroup = 231 };
static long call(long number, long a, long b, long c, long d) {
  long result;
  register long r10 __asm__("r10") = d;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
  return result;
}
#else
enum { kRtSigprocmask = 135, kWait4 = 260, kRtSigtimedwait = 137, kExitGroup = 94 };
static long call(long number, long a, long b, long c, long d) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
  return x0;
}
#endif

void _start(void) {
  unsigned long set = BLOCK_SIGNALS;
  call(kRtSigprocmask, 0, (long)&set, 0, 8);
  for (;;) {
    long signal = call(kRtSigtimedwait, (long)&set, 0, 0, 8);
    if (signal == 2 || signal == 15) call(kExitGroup, 0, 0, 0, 0);
    if (signal == 17)
      while (call(kWait4, -1, 0, 1 /* WNOHANG */, 0) > 0) {
      }
  }
}

#else

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

int main(void) {
  sigset_t set;
  int signal;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_BLOCK, &set, 0);
  for (;;) {
    if (sigwait(&set, &signal) != 0) continue;
    if (signal != SIGCHLD) exit(0);
    while (waitpid(-1, 0, WNOHANG) > 0) {
    }
  }
}

#endif
