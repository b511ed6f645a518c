package dev.retain.runtime.engine;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What a thread has used, as the JVM counts it; loaded when it is first asked. */
final class ThreadMeter implements KernelCheck.Meter {
  private static final class Beans {
    static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  }

  @Override
  public long cpuNanoseconds() {
    return Beans.THREADS.getCurrentThreadCpuTime();
  }

  @Override
  public long allocatedBytes() {
    return Beans.THREADS.getCurrentThreadAllocatedBytes();
  }

  static long allocatedBytes(Thread thread) {
    return Beans.THREADS.getThreadAllocatedBytes(thread.threadId());
  }
}
