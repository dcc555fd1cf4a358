package memwall.memory.flash.page;

import java.util.ArrayList;
import java.util.List;
import memwall.core.leap.StateSink;
import memwall.memory.flash.device.FlashStatus;

/**
 * Work that the host of a memory does on its own account, beside the transfers of its users. Each
 * kind of work is one job, done again and again; its parts carry the job's word, which is negative.
 */
final class HostJobs {
  private final List<Job> jobs = new ArrayList<>();
  private final EndQueue ends;
  private final long pathPs;

  /** One kind of work. */
  static final class Job {
    /** Given with its parts. */
    final long word;

    private final Runnable done;
    private int parts;
    private long latestPs;
    private boolean isUnderWay;
    private boolean isOpen;
    private boolean isShutOut;

    private Job(long word, Runnable done) {
      this.word = word;
      this.done = done;
    }

    /** Parts will be added one by one; the job does not end before {@link HostJobs#close}. */
    void open() {
      isOpen = true;
    }

    /** Parts of the job that begin now. */
    void begin(int itsParts) {
      if (itsParts > 0 && !isUnderWay) {
        isUnderWay = true;
        latestPs = 0;
        isShutOut = false;
      }
      parts += itsParts;
    }

    boolean isUnderWay() {
      return isUnderWay;
    }

    /** Whether a device had stopped when it was done last. */
    boolean isShutOut() {
      return isShutOut;
    }
  }

  /**
   * No jobs.
   *
   * @param ends where their ends wait for their time
   * @param pathPs from the device to the host and back
   */
  HostJobs(EndQueue ends, long pathPs) {
    this.ends = ends;
    this.pathPs = pathPs;
  }

  /** A kind of work; {@code done} is called at the end of its last part. */
  Job add(Runnable done) {
    Job job = new Job(-1L - jobs.size(), done);
    jobs.add(job);
    return job;
  }

  private Job job(long word) {
    return jobs.get((int) (-1 - word));
  }

  /** The end of a part is certain. */
  void certain(long word, long donePs, FlashStatus worst) {
    Job job = job(word);
    job.latestPs = Math.max(job.latestPs, donePs);
    job.isShutOut |= worst == FlashStatus.SHUT_DOWN;
    job.parts--;
    endIfDone(job);
  }

  /** All parts of a job are known. */
  void close(Job job) {
    job.isOpen = false;
    endIfDone(job);
  }

  private void endIfDone(Job job) {
    if (job.isUnderWay && job.parts == 0 && !job.isOpen) {
      ends.add(Math.addExact(job.latestPs, pathPs), job.word);
    }
  }

  /** The last part of a job has ended. */
  void ended(long word) {
    Job job = job(word);
    job.isUnderWay = false;
    job.done.run();
  }

  /** Whether none is under way. */
  boolean areNone() {
    for (Job job : jobs) {
      if (job.isUnderWay) {
        return false;
      }
    }
    return true;
  }

  void describe(StateSink sink) {
    for (Job job : jobs) {
      sink.put(job.parts);
    }
  }

  void shift(long deltaPs) {
    for (Job job : jobs) {
      job.latestPs += deltaPs;
    }
  }
}
