package memwall.network.aggregation;

import java.util.Arrays;

/**
 * A sum of contributions: its value, who is in it, and whose earlier contributions. The value
 * stands for the numbers of a chunk; sums of longs wrap, and still tell what was added.
 */
final class Sum {
  /** Members whose contribution is in the value. */
  long[] mask;

  /** Members for whom an earlier contribution is in the value. */
  long[] staleMask;

  long value;

  /** The part of the value that is of earlier operations. */
  long staleValue;

  /** Additions that made the value: equal to the members in both masks if none was added twice. */
  int terms;

  /** The greatest age of an earlier contribution, in operations. */
  int age;

  /** Depends on the order of the additions. */
  long digest;

  Sum(int members) {
    int words = Bits.words(members);
    mask = new long[words];
    staleMask = new long[words];
  }

  void clear(int members) {
    int words = Bits.words(members);
    if (mask.length != words) {
      mask = new long[words];
      staleMask = new long[words];
    } else {
      Arrays.fill(mask, 0);
      Arrays.fill(staleMask, 0);
    }
    value = 0;
    staleValue = 0;
    terms = 0;
    age = 0;
    digest = 0;
  }

  void single(int member, long contribution, int members) {
    clear(members);
    Bits.put(mask, member);
    value = contribution;
    terms = 1;
    digest = contribution * 31 + member;
  }

  void copy(Sum other) {
    if (mask.length != other.mask.length) {
      mask = new long[other.mask.length];
      staleMask = new long[other.mask.length];
    }
    System.arraycopy(other.mask, 0, mask, 0, mask.length);
    System.arraycopy(other.staleMask, 0, staleMask, 0, mask.length);
    value = other.value;
    staleValue = other.staleValue;
    terms = other.terms;
    age = other.age;
    digest = other.digest;
  }

  void add(Sum other) {
    Bits.add(mask, other.mask);
    Bits.add(staleMask, other.staleMask);
    value += other.value;
    staleValue += other.staleValue;
    terms += other.terms;
    age = Math.max(age, other.age);
    digest = digest * 0x9E3779B97F4A7C15L + other.digest;
  }

  void addStale(int member, long contribution, int operationsOld) {
    Bits.put(staleMask, member);
    value += contribution;
    staleValue += contribution;
    terms++;
    age = Math.max(age, operationsOld);
  }
}
