package memwall.memory.dram.channel;

import java.util.Arrays;
import memwall.core.leap.StateSink;
import memwall.memory.dram.standard.Command;

/**
 * Commands that the controller itself wants issued: refreshes that are due and precharges of the
 * closed-page policy, in order. Each entry is the command it ends with and its target: the number
 * of the refresh scope for an all-bank refresh, of the bank otherwise.
 */
final class MaintenanceQueue {
  private int[] command = new int[16];
  private int[] target = new int[16];
  private int size;

  int size() {
    return size;
  }

  int command(int position) {
    return command[position];
  }

  int target(int position) {
    return target[position];
  }

  void add(int itsCommand, int itsTarget) {
    if (size == command.length) {
      command = Arrays.copyOf(command, size * 2);
      target = Arrays.copyOf(target, size * 2);
    }
    command[size] = itsCommand;
    target[size++] = itsTarget;
  }

  void remove(int position) {
    size--;
    System.arraycopy(command, position + 1, command, position, size - position);
    System.arraycopy(target, position + 1, target, position, size - position);
  }

  /** Removes the first entry that is this one; false if there is none. */
  boolean removeFirst(int itsCommand, int itsTarget) {
    for (int i = 0; i < size; i++) {
      if (command[i] == itsCommand && target[i] == itsTarget) {
        remove(i);
        return true;
      }
    }
    return false;
  }

  void clear() {
    size = 0;
  }

  /** Whether an entry is about one of the banks. */
  boolean concerns(int first, int last, Geometry geometry) {
    for (int i = 0; i < size; i++) {
      boolean wide = command[i] == Command.REFAB.index();
      int from = wide ? geometry.firstBank(target[i]) : target[i];
      int to = wide ? geometry.lastBank(target[i]) : target[i];
      if (from <= last && to >= first) {
        return true;
      }
    }
    return false;
  }

  void describe(StateSink sink) {
    sink.put(size);
    for (int i = 0; i < size; i++) {
      sink.put(command[i]);
      sink.put(target[i]);
    }
  }

  void exchange(StateBuffer state) {
    state.part(StateBuffer.MAINTENANCE);
    int entries = state.exchange(size);
    if (state.isReading()) {
      while (command.length < entries) {
        command = Arrays.copyOf(command, command.length * 2);
        target = Arrays.copyOf(target, target.length * 2);
      }
      size = entries;
    }
    for (int i = 0; i < entries; i++) {
      command[i] = state.exchange(command[i]);
      target[i] = state.exchange(target[i]);
    }
  }
}
