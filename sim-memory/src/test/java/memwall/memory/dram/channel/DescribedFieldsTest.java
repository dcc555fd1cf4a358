package memwall.memory.dram.channel;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import memwall.memory.dram.standard.AddressMapping;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramStandard;
import org.junit.jupiter.api.Test;

/**
 * No field of a channel's state is forgotten in its description: each field is named here, either
 * as described, and then changing it changes the description, or with the reason why not.
 */
final class DescribedFieldsTest {
  /** Described, by class. */
  private static final Map<String, String> DESCRIBED =
      Map.ofEntries(
          entry("ChannelState", "openRow open bursts injected"),
          entry("Scheduler", "writeMode pairedTick"),
          entry("SingleBus", ""),
          entry("DualBus", "pairedScope pairedBank"),
          entry("TwoStepBus", "halfSlot lastHalfTick wckOff casSlot casActive"),
          entry("RequestQueues", "bank row burst direction accepted counted active activeCount"),
          entry("AgeOrder", "hits misses slots"),
          entry("TimingTable", "floor scope group bank"),
          entry("MaintenanceQueue", "command target size"),
          entry(
              "RefreshSchedule", "roundFrom divisor due last cursor nextScope nextOfSet roundDue"),
          entry("PowerStates", "restFrom lastBurst refreshesItself"),
          entry("Window", "issued oldest"),
          entry("ReadsInFlight", "done accepted head size"));

  /** Not described, by class. */
  private static final Map<String, String> LEFT_OUT =
      Map.ofEntries(
          // Follow from the lists; caches of the plan, which follows from the rest; who listens.
          // Held
          // are banks only while a program of compute runs, and then there is no description; nor
          // is
          // it before that asked when the last burst was.
          entry(
              "ChannelState",
              """
          active activating blocked burstTick held stale hitArrived missArrived maintenanceArrived changed
          injectionTick sink listener
          """),
          // Scratch and cache of the plan; what a port watches; four are the state's own. The last
          // ticks are set while a program of compute runs.
          entry(
              "Scheduler",
              """
          ranDry
          allBank lastTick open active activating blocked closed planTick bestTick bestSlot bestCommand activeTick
          activePosition maintenanceTick maintenancePosition maintenanceCommand maintenanceBank
          """),
          entry("OneBus", "planned"),
          entry(
              "DualBus",
              """
          columnTick columnIsActive columnSlot rowTick rowIsMaintenance rowSlot rowCommand columnKept
          rowKept
          """),
          // What a request is called; the order of ages; the lists' links, told by it; free slots;
          // capacity.
          entry(
              "RequestQueues",
              """
          word transaction sequence hitHead missHead hits misses ages queued next
          previous hitTail missTail free freeCount nextSequence capacity
          """),
          // Where the next request goes, and where each is, once more.
          entry("AgeOrder", "places end"),
          // Constant; the horizon only says when idle refreshes may be counted instead of done.
          entry(
              "TimingTable",
              """
          deep effects plain longest horizon floorIsUsed scopeIsUsed groupIsUsed bankIsUsed
          """),
          // The table's own.
          entry("Window", "entries"),
          entry("MaintenanceQueue", ""),
          // Scratch of the search for a period.
          entry("RefreshSchedule", "roundBefore"),
          // Only say when idle refreshes may be counted instead of done; scratch.
          entry("IdleRefreshes", "quietSince burstsBefore refreshes before growth dueBefore"),
          // Follows from the lists; constant.
          entry("PowerStates", "pending settle"),
          entry("ReadsInFlight", "word"));

  private static List<String> names(Map<String, String> table, String type) {
    return Splitter.onPattern("\\s+").omitEmptyStrings().splitToList(table.getOrDefault(type, ""));
  }

  /** All parts of a channel that hold state, by the class that declares their fields. */
  private static Map<Class<?>, Object> parts(DramChannel channel)
      throws ReflectiveOperationException {
    Map<Class<?>, Object> parts = new LinkedHashMap<>();
    Scheduler scheduler = (Scheduler) get(channel, "scheduler");
    ChannelState state = scheduler.state;
    parts.put(ChannelState.class, state);
    parts.put(Scheduler.class, scheduler);
    if (scheduler instanceof OneBus) {
      parts.put(OneBus.class, scheduler);
    }
    parts.put(scheduler.getClass(), scheduler);
    parts.put(RequestQueues.class, state.queues);
    parts.put(AgeOrder.class, state.queues.ages[RequestQueues.READ]);
    parts.put(TimingTable.class, state.timing);
    Object window = ((List<?>) get(state.timing, "windows")).get(0);
    parts.put(window.getClass(), window);
    parts.put(MaintenanceQueue.class, state.maintenance);
    parts.put(RefreshSchedule.class, get(channel, "refresh"));
    parts.put(IdleRefreshes.class, get(channel, "idle"));
    parts.put(PowerStates.class, state.power);
    parts.put(ReadsInFlight.class, state.reads);
    return parts;
  }

  private static Object get(Object owner, String name) throws ReflectiveOperationException {
    Field field = owner.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(owner);
  }

  private static DramChannel channel(
      DramStandard standard, RefreshPolicy refresh, PagePolicy page) {
    return new DramChannel(
        standard,
        Controllers.usual()
            .queue(8)
            .page(page, 1)
            .refresh(refresh)
            .blocksChannel()
            .mapping(AddressMapping.ROW_CONTIGUOUS)
            .spec());
  }

  private static List<DramChannel> channels() {
    return List.of(
        channel(HandMade.ddr5(2), RefreshPolicy.ALL_BANK, PagePolicy.CLOSED),
        channel(HandMade.lpddr5(1), RefreshPolicy.PER_BANK, PagePolicy.OPEN),
        channel(HandMade.hbm3(1), RefreshPolicy.PER_BANK, PagePolicy.OPEN),
        new DramChannel(
            DramDevice.builtIn("ddr4-3200aa-8gb-x8").standard(),
            ControllerSpec.usual(AddressMapping.ROW_CONTIGUOUS).lowPower(20, 1_000).build()));
  }

  @Test
  void everyFieldIsNamed() throws ReflectiveOperationException {
    for (DramChannel channel : channels()) {
      for (Class<?> type : parts(channel).keySet()) {
        TreeSet<String> mutable = new TreeSet<>();
        for (Field field : type.getDeclaredFields()) {
          boolean fixed = Modifier.isFinal(field.getModifiers()) && !field.getType().isArray();
          if (!Modifier.isStatic(field.getModifiers()) && !fixed) {
            mutable.add(field.getName());
          }
        }
        TreeSet<String> named = new TreeSet<>(names(DESCRIBED, type.getSimpleName()));
        named.addAll(names(LEFT_OUT, type.getSimpleName()));
        assertThat(mutable).as("mutable fields of %s", type.getSimpleName()).isEqualTo(named);
      }
    }
  }

  @Test
  void whatIsDescribedShows() throws ReflectiveOperationException {
    TreeSet<String> shown = new TreeSet<>();
    TreeSet<String> wanted = new TreeSet<>();
    for (DramChannel channel : channels()) {
      SplittableRandom random = new SplittableRandom(1);
      for (int round = 0; round < 500; round++) {
        for (int i = random.nextInt(5); i > 0; i--) {
          channel.offer(random.nextInt(400) * 64L, random.nextInt(3) == 0, 0);
        }
        channel.advanceTo(channel.nowTicks() + random.nextInt(1, random.nextBoolean() ? 3 : 40));
        for (Map.Entry<Class<?>, Object> part : parts(channel).entrySet()) {
          String type = part.getKey().getSimpleName();
          boolean sleeps = part.getValue() instanceof PowerStates power && power.isOn();
          for (String name : names(DESCRIBED, type)) {
            if (part.getValue() instanceof PowerStates && !sleeps) {
              continue;
            }
            wanted.add(type + "." + name);
            Field field = part.getKey().getDeclaredField(name);
            field.setAccessible(true);
            if (!shown.contains(type + "." + name) && shows(channel, part.getValue(), field)) {
              shown.add(type + "." + name);
            }
          }
        }
      }
    }
    assertThat(shown).isEqualTo(wanted);
  }

  private static List<Long> description(DramChannel channel) {
    List<Long> fields = new ArrayList<>();
    channel.describe(fields::add, 0);
    return fields;
  }

  /** Whether the description changes with the field; it is put back. */
  private static boolean shows(DramChannel channel, Object owner, Field field)
      throws ReflectiveOperationException {
    if (!field.getType().isArray()) {
      return showsWith(
          channel,
          () -> bump(field.get(owner), channel),
          value -> field.set(owner, value),
          field.get(owner));
    }
    return showsInArray(channel, field.get(owner));
  }

  private static boolean showsInArray(DramChannel channel, Object array)
      throws ReflectiveOperationException {
    for (int i = 0; i < Array.getLength(array); i++) {
      int at = i;
      Object element = Array.get(array, i);
      boolean shows =
          element instanceof long[] inner
              ? showsInArray(channel, inner)
              : showsWith(
                  channel,
                  () -> bump(element, channel),
                  value -> Array.set(array, at, value),
                  element);
      if (shows) {
        return true;
      }
    }
    return false;
  }

  /** May throw what reflection throws. */
  private interface Source {
    Object get() throws ReflectiveOperationException;
  }

  /** May throw what reflection throws. */
  private interface Target {
    void set(Object value) throws ReflectiveOperationException;
  }

  private static boolean showsWith(DramChannel channel, Source other, Target target, Object before)
      throws ReflectiveOperationException {
    List<Long> plain = description(channel);
    target.set(other.get());
    try {
      return !description(channel).equals(plain);
    } catch (IndexOutOfBoundsException e) {
      return true; // it was looked at
    } finally {
      target.set(before);
    }
  }

  /** Another value; a time lies in the future. */
  private static Object bump(Object value, DramChannel channel) {
    if (value instanceof Boolean flag) {
      return !flag;
    }
    if (value instanceof Integer number) {
      return number + 1;
    }
    if (value instanceof Byte number) {
      return (byte) (1 - number);
    }
    return Math.max((Long) value, channel.nowTicks()) + 1_000;
  }
}
