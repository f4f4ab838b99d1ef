using System.Collections.Concurrent;
using System.Text;
using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Server;

namespace IoTHealth.Links.Mqtt;

/// <summary>What one connection may hear, bounded.</summary>
internal sealed class Subscriptions(MqttIngressOptions options, IMqttIngress ingress)
{
    private readonly ConcurrentDictionary<string, bool> _filters = new(StringComparer.Ordinal);

    /// <summary>Whether a granted filter matches the topic.</summary>
    public bool Hear(string topic) => _filters.Keys.Any(
        filter => MqttTopicFilterComparer.Compare(topic, filter) == MqttTopicFilterCompareResult.IsMatch);

    /// <summary>
    /// Grants all of a subscription, or refuses it whole where one filter is refused: MQTTnet answers SUBACK codes in the order of
    /// QoS, so that a refused filter among granted ones could look granted.
    /// </summary>
    /// <returns>Why it is refused, or null.</returns>
    public string? Add(MqttSession session, MqttSubscribePacket subscribe)
    {
        var reason = subscribe.TopicFilters.Select(filter => Mistake(session, filter.Topic)).FirstOrDefault(mistake => mistake is not null);
        var all = _filters.Keys.Union(subscribe.TopicFilters.Select(filter => filter.Topic)).Count();
        reason ??= all > options.MaximumSubscriptions ? $"{options.MaximumSubscriptions} subscriptions are the most" : null;
        if (reason is null)
        {
            subscribe.TopicFilters.ForEach(filter => _filters[filter.Topic] = true);
        }

        return reason;
    }

    public void Remove(MqttUnsubscribePacket unsubscribe) => unsubscribe.TopicFilters.ForEach(filter => _filters.TryRemove(filter, out _));

    private string? Mistake(MqttSession session, string filter) => Encoding.UTF8.GetByteCount(filter) > options.MaximumTopicBytes
        ? $"a filter has more than {options.MaximumTopicBytes} bytes"
        : (ingress.MaySubscribe(session, filter) as MqttVerdict.Refused)?.Reason;
}
