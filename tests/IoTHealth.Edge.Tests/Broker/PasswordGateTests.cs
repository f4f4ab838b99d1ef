using IoTHealth.Edge.Broker;
using IoTHealth.Testing;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Edge.Tests.Broker;

public sealed class PasswordGateTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly PasswordGate _gate;

    public PasswordGateTests() => _gate = new PasswordGate(_time, attemptsOfAddress: 16);

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task A_wrong_password_costs_its_address_time_and_nobody_else()
    {
        var wrong = Check("a", () => false);
        var behind = Check("a", () => true);
        Assert.True(await Check("b", () => true));
        Assert.False(wrong.IsCompleted || behind.IsCompleted);
        await Eventually.HoldsAsync("the turn comes", () => Advance() && behind.IsCompleted, TimeSpan.FromSeconds(5));
        Assert.Equal((false, true), (await wrong, await behind));
    }

    [Fact]
    public async Task Too_many_attempts_of_one_address_are_refused_at_once()
    {
        var waiting = Enumerable.Range(0, 16).Select(_ => Check("a", () => false)).ToList();
        Assert.Null(await Check("a", () => true));
        Assert.True(await Check("b", () => true));
        await Eventually.HoldsAsync("all turns come", () => Advance() && waiting.All(one => one.IsCompleted), TimeSpan.FromSeconds(5));
        Assert.True(await Check("a", () => true));
    }

    [Fact]
    public async Task One_is_derived_at_a_time()
    {
        var (now, most) = (0, 0);
        bool Derive()
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            Interlocked.Decrement(ref now);
            return true;
        }

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => Check($"{i}", Derive))));
        Assert.Equal(1, most);
    }

    private Task<bool?> Check(string address, Func<bool> derive) => _gate.CheckAsync(address, derive, TestContext.Current.CancellationToken).AsTask();

    private bool Advance()
    {
        _time.Advance(TimeSpan.FromMilliseconds(300));
        return true;
    }
}
