package memwall.network.aggregation;

/**
 * What an operation of a group does with the vectors of its members.
 *
 * @param kind what
 * @param root the member that sends or gets all; -1 where all members are equal
 */
public record TreeTask(Kind kind, int root) {
  /** Every member gets the sum of all vectors. */
  public static final TreeTask ALL_REDUCE = new TreeTask(Kind.ALL_REDUCE, -1);

  /** What is done. */
  public enum Kind {
    /** Every member gets the sum of all vectors. */
    ALL_REDUCE,
    /** Every member gets the vector of the root. */
    BROADCAST,
    /** The root gets the sum of all vectors, the others a notice of header size. */
    REDUCE
  }

  /** Checks that a root is given exactly where there is one. */
  public TreeTask {
    if ((root < 0) != (kind == Kind.ALL_REDUCE)) {
      throw new IllegalArgumentException(
          kind + " with root " + root + ": a root is wanted but for " + Kind.ALL_REDUCE);
    }
  }

  /** The vector of a member goes to all others. */
  public static TreeTask broadcast(int root) {
    return new TreeTask(Kind.BROADCAST, root);
  }

  /** The sum of all vectors goes to a member. */
  public static TreeTask reduce(int root) {
    return new TreeTask(Kind.REDUCE, root);
  }

  boolean isBroadcast() {
    return kind == Kind.BROADCAST;
  }

  boolean isReduce() {
    return kind == Kind.REDUCE;
  }

  /** Members that put something in, of so many. */
  public int contributors(int members) {
    return isBroadcast() ? 1 : members;
  }

  /** Whether a member puts something in. */
  boolean isContributor(int member) {
    return !isBroadcast() || member == root;
  }

  /** Whether a member is to have the result. */
  boolean wants(int member) {
    return !isReduce() || member == root;
  }

  /** Throws if a group cannot do it. */
  void check(GroupSpec group) {
    if (root >= group.members().size()) {
      throw new IllegalArgumentException(
          "group '"
              + group.name()
              + "': root "
              + root
              + " is not a member: members are 0 to "
              + (group.members().size() - 1));
    }
    if (isBroadcast() && group.deadline().isOn()) {
      throw new IllegalArgumentException(
          "group '"
              + group.name()
              + "': a broadcast waits for no contributions and has no deadline");
    }
  }
}
