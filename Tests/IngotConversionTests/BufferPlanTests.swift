import Testing

@testable import IngotConversion

// `spec/conversion.md`, clause V4.
@Suite struct BufferPlanTests {
  @Test(arguments: [1, 2, 7, 16, 64, 300, 1024], [1 << 20, 12 << 20, 64 << 20, 1 << 30])
  func buffersStayWithinTheMemory(threads: Int, memory: Int) {
    let plan = BufferPlan(byteCount: memory, threads: threads)
    #expect(plan.bufferCount * plan.elementLimit * BufferPlan.bytesPerElement <= memory)
    #expect((2...threads + 2).contains(plan.bufferCount))
    #expect((BufferPlan.leastElementLimit...WorkUnits.elementLimit).contains(plan.elementLimit))
    #expect(plan.elementLimit.isMultiple(of: 256))
  }

  @Test func theDefaultIsEnoughForWholeUnitsOnTwoCores() {
    let plan = BufferPlan(byteCount: ConversionPipeline.defaultMemoryByteCount, threads: 2)
    #expect(plan.elementLimit == WorkUnits.elementLimit && plan.bufferCount == 4)
  }

  @Test func twoOfTheSmallestAreAlwaysThere() {
    #expect(BufferPlan(byteCount: 0, threads: 8).bufferCount == 2)
  }
}
