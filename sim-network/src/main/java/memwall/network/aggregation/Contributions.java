package memwall.network.aggregation;

/** What the members of a group put in. */
@FunctionalInterface
public interface Contributions {
  /** The number that stands for a member's chunk; the same whenever it is asked for. */
  long value(int member, int chunk);
}
